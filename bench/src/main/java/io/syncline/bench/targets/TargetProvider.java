package io.syncline.bench.targets;

/** Starts targets of one kind. Found by the {@link java.util.ServiceLoader}, so that a peer can come in a jar of its own. */
public interface TargetProvider
{
    /** @return the system's name in a {@link TargetSpec} */
    String system();

    /**
     * Starts it, or connects to it.
     *
     * @param spec with settings; the provider refuses those it does not know
     * @return running, the caller's to close
     */
    Target start(TargetSpec spec);
}
