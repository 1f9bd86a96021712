package io.syncline.stream;

class AeronIpcStreamsTest extends AeronStreamsContract
{
    @Override
    Endpoint anyEndpoint()
    {
        return Endpoint.parse("ipc:0");
    }
}
