using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>What the bytes of a head of HTTP/1.1 hold and the server does not show. Of the head read last: one at a time is served on a connection.</summary>
internal sealed class HeadNotes
{
    private IHttpRequestFeature? _request;

    /// <summary>The members of <c>Connection</c>, all lines together; null when there are none but <c>keep-alive</c>, <c>close</c> and <c>upgrade</c>.</summary>
    public string? Connection { get; private set; }

    /// <summary>A line that ends with LF alone (RFC 9112 §2.2 lets a server refuse it).</summary>
    public bool HasBareLineFeed { get; set; }

    /// <summary>True while the server has no request, so that what it reads next is the beginning of a head.</summary>
    public bool IsHeadNext => _request?.RawTarget is null;

    /// <summary>The server's view of the request, which it reuses for every request of the connection.</summary>
    public void Watch(IHttpRequestFeature request) => _request = request;

    /// <summary>A head begins.</summary>
    public void Clear()
    {
        Connection = null;
        HasBareLineFeed = false;
    }

    /// <summary>A line of <c>Connection</c>.</summary>
    public void AddConnection(string members) => Connection = Connection is null ? members : Connection + "," + members;
}
