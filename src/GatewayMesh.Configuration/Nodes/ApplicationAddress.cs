using System.Net;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>Address of an application for callers that bypass its sidecar.</summary>
public static class ApplicationAddress
{
    /// <summary>
    /// Returns <paramref name="application"/>, or null when only its own host can reach the address: the address is on loopback, and the
    /// mesh spans several hosts (the sidecar's <paramref name="inbound"/> address is not on loopback).
    /// </summary>
    public static HostPort? SeenByOthers(HostPort application, HostPort inbound)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(inbound);
        return !IsAnywhere(application.Host) && (!IsLoopback(application.Host) || IsLoopback(inbound.Host)) ? application : null;
    }

    private static bool IsLoopback(string host) =>
        IPAddress.TryParse(host, out var address) ? IPAddress.IsLoopback(address) : host == "localhost";

    private static bool IsAnywhere(string host) =>
        IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
}
