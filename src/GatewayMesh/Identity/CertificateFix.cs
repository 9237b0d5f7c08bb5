namespace GatewayMesh.Identity;

/// <summary>What to do about a certificate, by where it comes from.</summary>
internal static class CertificateFix
{
    /// <summary>For one that is missing, over, or ends soon.</summary>
    /// <param name="registry">Kind of the registry: <c>file</c> or <c>consul</c>.</param>
    /// <param name="service">The service.</param>
    /// <param name="directory">The node's folder.</param>
    public static string Of(string registry, string service, string directory) => registry == "consul"
        ? $"Consul renews it by itself: see that its agent answers, and that the token has service \"{service}\" with policy write"
        : $"gatewaymesh ca issue --service {service} --out {directory}";

    /// <summary>For a certificate or root that is not valid yet. Its issuer's clock is ahead of this host's, or this host's is behind: a new one would not help.</summary>
    public const string OfClock = "set the clock of this host (timedatectl status, chronyc tracking): it is behind; if it is right, the clock of the issuer is ahead";

    /// <summary>For roots that are missing, over, or end soon.</summary>
    public static string OfRoots(string registry, string directory) => registry == "consul"
        ? "Consul keeps them: see that its agent answers and has connect { enabled = true }"
        : $"make a new root with `gatewaymesh ca init --rotate`, and put its roots.pem into {directory}";
}
