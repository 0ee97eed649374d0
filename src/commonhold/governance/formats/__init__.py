"""Files with ballots that others write and read: Pabulib `.pb`, PrefLib, `.blt`, JSON."""
