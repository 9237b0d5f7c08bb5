using System.Net;

namespace GatewayMesh.Configuration.Reach;

/// <summary>An address that registry data never permits, regardless of <c>reach</c>.</summary>
/// <param name="Fault">Kind of listener at the address.</param>
/// <param name="Host">Host name where the address is not literal, else null.</param>
/// <param name="Address">IP address; null where only the name is known.</param>
/// <param name="Port">Port number.</param>
/// <param name="Everywhere">True if the listener is, or may be, bound to every address of this host.</param>
internal sealed record ProtectedAddress(ReachFault Fault, string? Host, IPAddress? Address, int Port, bool Everywhere);
