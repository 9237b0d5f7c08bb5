namespace GatewayMesh.Identity;

/// <summary>Fixes for certificate problems, by registry kind.</summary>
internal static class CertificateFix
{
    /// <summary>Fix for a missing, expired or expiring certificate.</summary>
    /// <param name="registry">Kind of the registry: <c>file</c>, <c>consul</c>, or <c>kubernetes</c>.</param>
    /// <param name="service">The service.</param>
    /// <param name="directory">The node's folder.</param>
    public static string Of(string registry, string service, string directory) => registry == "consul"
        ? $"Consul renews it automatically: check that the agent responds and that the token has service:write on \"{service}\""
        : $"gatewaymesh ca issue --service {service} --out {directory}";

    /// <summary>
    /// Fix for a certificate or root that is not valid yet. Its issuer's clock is ahead, or this host's clock is behind; a new certificate
    /// would not help.
    /// </summary>
    public const string OfClock =
        "set this host's clock (timedatectl status, chronyc tracking); if it is right, the issuer's clock is ahead";

    /// <summary>Fix for missing, expired or expiring roots.</summary>
    public static string OfRoots(string registry, string directory) => registry == "consul"
        ? "Consul provides them: check that the agent responds and has connect { enabled = true }"
        : $"create a new root with `gatewaymesh ca init --rotate`, and copy its roots.pem to {directory}";
}
