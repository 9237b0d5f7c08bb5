namespace GatewayMesh.Proxy.Pipeline;

// State of exchanges at the edge of the mesh.
internal sealed partial class Exchange
{
    /// <summary>
    /// True if the fields of the request about clients outside the mesh are trusted: the request came to the edge, which removed untrusted
    /// fields, or from the ingress as a peer. Default: false.
    /// </summary>
    public bool SpeaksOfClients { get; set; }

    /// <summary>
    /// True if the response was the mesh's own, from a hop behind the edge, and was not passed on: clients outside the mesh get a response
    /// made here that names no part of the mesh. <see cref="Answered"/> has the error. Default: false.
    /// </summary>
    public bool Withheld { get; set; }

    private void EndAtTheEdge() => SpeaksOfClients = Withheld = false;
}
