namespace GatewayMesh.Proxy.Tests.Rig.Http2;

/// <summary>A request or response as received on one stream.</summary>
internal sealed class H2Message(int stream, Fields head)
{
    public int Stream => stream;

    public Fields Head => head;

    /// <summary>True if the head ended the stream (trailers only).</summary>
    public bool EndedByHead { get; init; }

    public string Body { get; set; } = "";

    public Fields? Trailers { get; set; }

    /// <summary>Error code if the stream was reset instead of ended.</summary>
    public int? ResetCode { get; set; }

    /// <summary>Frames of the connection and of other streams received in between.</summary>
    public List<Frame> Others { get; } = [];

    public int Status => head.Status;

    public string? this[string name] => head[name];
}
