"""The pages, each as plain values first."""
