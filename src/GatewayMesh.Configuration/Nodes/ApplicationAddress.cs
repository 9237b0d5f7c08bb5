using System.Net;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>Where an application listens, as far as others may dial it past its sidecar.</summary>
public static class ApplicationAddress
{
    /// <summary>
    /// <paramref name="application"/>, or null when nobody but its own host reaches it: it listens on a loopback address, and the mesh is not one of a
    /// single host (its sidecar's own <paramref name="inbound"/> address is no loopback address).
    /// </summary>
    public static HostPort? SeenByOthers(HostPort application, HostPort inbound)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(inbound);
        return !IsAnywhere(application.Host) && (!IsLoopback(application.Host) || IsLoopback(inbound.Host)) ? application : null;
    }

    private static bool IsLoopback(string host) => IPAddress.TryParse(host, out var address) ? IPAddress.IsLoopback(address) : host == "localhost";

    private static bool IsAnywhere(string host) => IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
}
