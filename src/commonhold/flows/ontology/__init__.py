"""Facts of the Valueflows ontology as data, and what reads them. `README.md` names the source and its licence."""
