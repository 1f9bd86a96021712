package io.syncline.stage;

/** Hears of each sampled record once its stages are complete. */
@FunctionalInterface
public interface StageListener
{
    /**
     * On the thread that completed it; must not throw.
     *
     * @param sample borrowed: used again after the call
     */
    void onSample(StageSample sample);
}
