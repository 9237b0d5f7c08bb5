using System.Net;

namespace GatewayMesh.Proxy.Loops;

/// <summary>A connection between accept and its loop.</summary>
/// <param name="Descriptor">Non-blocking descriptor.</param>
/// <param name="Peer">Address of the peer.</param>
internal readonly record struct AcceptedConnection(int Descriptor, IPEndPoint? Peer);
