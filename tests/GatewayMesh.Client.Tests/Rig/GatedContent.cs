using System.Net;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>A body of unknown length that starts at once and continues on a signal.</summary>
internal sealed class GatedContent(Task gate, int size = 1) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync("begun"u8.ToArray());
        await stream.FlushAsync();
        await gate;
        await stream.WriteAsync(new byte[size]);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
