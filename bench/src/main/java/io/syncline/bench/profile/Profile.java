package io.syncline.bench.profile;

/**
 * Stacks of one run.
 *
 * @param event       that was sampled, with what to know of it
 * @param all         of the whole run
 * @param slow        of the times at which a slow record was under way
 * @param thresholdNs that makes a record slow
 * @param slowShare   part of the run these times are
 */
public record Profile(String event, Stacks all, Stacks slow, long thresholdNs, double slowShare)
{
}
