package io.syncline.metadata;

/** What a broker can ask of the controller. */
public interface ControllerRequest
{
}
