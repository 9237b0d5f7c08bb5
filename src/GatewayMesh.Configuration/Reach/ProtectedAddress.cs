using System.Net;

namespace GatewayMesh.Configuration.Reach;

/// <summary>An address that registry data never leads to, whatever <c>reach</c> lists.</summary>
/// <param name="Fault">What stands there.</param>
/// <param name="Host">Its host name where it has no literal address, else null.</param>
/// <param name="Address">Its address; null where only the name is known.</param>
/// <param name="Port">Its port.</param>
/// <param name="Everywhere">Whether it answers, or may answer, on every address of this host.</param>
internal sealed record ProtectedAddress(ReachFault Fault, string? Host, IPAddress? Address, int Port, bool Everywhere);
