package io.syncline.stream;

/** Frames that others send to one endpoint and stream. Belongs to one thread. */
public interface Inbound extends AutoCloseable
{
    /**
     * @param handler takes the frames
     * @param limit   frames at most in this call
     * @return frames taken
     */
    int poll(FrameHandler handler, int limit);

    /** @return writers connected now */
    int connectedCount();

    @Override
    void close();
}
