namespace GatewayMesh.Proxy.Tests.Rig.Http2;

/// <summary>A request or an answer as it came on one stream.</summary>
internal sealed class H2Message(int stream, Fields head)
{
    public int Stream => stream;

    public Fields Head => head;

    /// <summary>Trailers only: the head ended the stream.</summary>
    public bool EndedByHead { get; init; }

    public string Body { get; set; } = "";

    public Fields? Trailers { get; set; }

    /// <summary>The stream was reset instead of ended.</summary>
    public int? ResetCode { get; set; }

    /// <summary>Frames of the connection and of other streams that came in between.</summary>
    public List<Frame> Others { get; } = [];

    public int Status => head.Status;

    public string? this[string name] => head[name];
}
