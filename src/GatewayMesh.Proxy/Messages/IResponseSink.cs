namespace GatewayMesh.Proxy.Messages;

/// <summary>The client's side of an exchange: receives the response. The pipeline knows no other part of the server.</summary>
internal interface IResponseSink
{
    /// <summary>True once a byte of a response may have reached the client.</summary>
    bool HasStarted { get; }

    /// <summary>Status of the response; 200 while there is none.</summary>
    int Status { get; }

    /// <summary>Length of the response's content; null if unknown.</summary>
    long? ContentLength { get; }

    /// <summary>Fires when the client has disconnected, or the exchange was aborted.</summary>
    CancellationToken Aborted { get; }

    /// <summary>Sends a response of the data path itself. Fields of a discarded upstream response do not accompany it.</summary>
    /// <param name="answer">The response.</param>
    /// <param name="close">True to end an HTTP/1.1 connection with this response.</param>
    Task SendAsync(LocalAnswer answer, bool close);

    /// <summary>Paces the content of a forwarded response, before it has started.</summary>
    /// <param name="rate">Bytes per second.</param>
    void Slow(long rate);

    /// <summary>Ends the exchange at once: HTTP/1.1 aborts the connection, HTTP/2 resets the stream. A broken response never looks
    /// complete.
    /// </summary>
    void Abort();

    /// <summary>
    /// True if the server itself answers a request that failed with <paramref name="failure"/>: the client broke its framing.
    /// </summary>
    bool IsAnsweredByServer(Exception failure);
}
