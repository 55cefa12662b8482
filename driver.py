"""The conductor: source to graph to passes to artefact. The only file that knows the whole road."""
