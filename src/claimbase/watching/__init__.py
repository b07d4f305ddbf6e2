"""What has changed in the world: Crossref, PubMed and ClinicalTrials.gov asked about sources."""
