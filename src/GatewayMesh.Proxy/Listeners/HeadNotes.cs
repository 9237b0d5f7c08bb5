using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Facts about an HTTP/1.1 head that the server does not expose. They describe the head read last, because a connection serves one request
/// at a time.
/// </summary>
internal sealed class HeadNotes
{
    private IHttpRequestFeature? _request;

    /// <summary>
    /// Members of <c>Connection</c>, all lines joined; null if there are none except <c>keep-alive</c>, <c>close</c>, and <c>upgrade</c>.
    /// </summary>
    public string? Connection { get; private set; }

    /// <summary>True if a line ends with LF alone (RFC 9112 §2.2 permits rejection).</summary>
    public bool HasBareLineFeed { get; set; }

    /// <summary>True while the server has no request, so that the next bytes start a head.</summary>
    public bool IsHeadNext => _request?.RawTarget is null;

    /// <summary>Watches the server's request feature, which the server reuses for every request of the connection.</summary>
    public void Watch(IHttpRequestFeature request) => _request = request;

    /// <summary>Starts a new head.</summary>
    public void Clear()
    {
        Connection = null;
        HasBareLineFeed = false;
    }

    /// <summary>Adds a line of <c>Connection</c>.</summary>
    public void AddConnection(string members) => Connection = Connection is null ? members : Connection + "," + members;
}
