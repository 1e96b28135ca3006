"""What a drill of an upgrade needs: two versions of the project, a balancer, clients that keep asking, the rollout."""
