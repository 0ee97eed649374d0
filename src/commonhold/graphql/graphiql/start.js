"use strict";
// Begins GraphiQL on the address of the page. Headers, which may hold a token, are never stored.
const question = `# Everybody can read.
# To write, put your token
# under "Headers":
# {"Authorization":
#    "Bearer TOKEN"}
{
  economicResources(first: 10) {
    edges {
      node {
        id
        name
        accountingQuantity { hasNumericalValue hasUnit { label } }
        primaryAccountable { id name }
      }
    }
  }
}
`;
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: window.location.pathname }),
    defaultQuery: question,
    shouldPersistHeaders: false,
  }),
);
