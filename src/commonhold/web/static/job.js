// How far background work is, every second. Without this file the page is asked for again by itself.

const EVERY = 1000;
const here = document.querySelector("[data-job]");
const bar = here?.querySelector("progress");
const count = here?.querySelector("[data-count]");

async function look() {
  try {
    const answer = await fetch(here.dataset.job, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { job } = await answer.json();
    if (job.state !== here.dataset.state) return location.replace(location.pathname); // it has begun, or is over: the whole page says more
    if (job.of) {
      bar.max = job.of;
      bar.value = job.done;
      count.textContent = `${job.done.toLocaleString(document.documentElement.lang)} / ${job.of.toLocaleString(document.documentElement.lang)}`;
    }
  } catch {
    // The server may be starting anew: it is asked again.
  }
  setTimeout(look, EVERY);
}

if (here && bar) setTimeout(look, EVERY);
