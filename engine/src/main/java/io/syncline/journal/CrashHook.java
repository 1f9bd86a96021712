package io.syncline.journal;

/** Stands between the steps of every change that touches more than one file (R8.3), so that a test can crash there. */
@FunctionalInterface
interface CrashHook
{
    /** Does nothing. */
    CrashHook NONE = step -> {};

    /** @param step that is complete */
    void afterStep(String step);
}
