"""What `pds_simulator_pytest` imports when a test asks for a simulator."""
