"""The GraphQL door: Valueflows 1.0 with the names of vf-graphql, schema first."""
