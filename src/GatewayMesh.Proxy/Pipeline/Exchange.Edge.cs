namespace GatewayMesh.Proxy.Pipeline;

// What it means to come from outside the mesh, and to answer there.
internal sealed partial class Exchange
{
    /// <summary>
    /// True if what the request says of clients outside the mesh is believed: it came to the edge, which took out what strangers say, or from a peer that is the
    /// ingress. Default: false.
    /// </summary>
    public bool SpeaksOfClients { get; set; }

    /// <summary>
    /// True if the answer was the mesh's own, from a hop behind the edge, and was not passed on: clients outside get one that is made here and names no part of the
    /// mesh. <see cref="Answered"/> has the error. Default: false.
    /// </summary>
    public bool Withheld { get; set; }

    private void EndAtTheEdge() => SpeaksOfClients = Withheld = false;
}
