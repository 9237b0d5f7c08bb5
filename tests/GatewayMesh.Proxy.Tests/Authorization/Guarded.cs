using System.Net;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>A data plane in which intentions decide.</summary>
internal static class Guarded
{
    public const IntentionAction Allow = IntentionAction.Allow;
    public const IntentionAction Deny = IntentionAction.Deny;

    public static Task<Mesh> Start(Logged? logs = null, Stream? accessLog = null) => Mesh.Start(options => options with
    {
        EnforcesIntentions = true,
        Identity = new SaidByHeader(),
        Logs = logs ?? options.Logs,
        AccessLog = accessLog,
    });

    /// <summary>The listener of a gateway for mesh peers.</summary>
    public static IPEndPoint Peers(this Mesh mesh) => mesh.Open(ListenerKind.Mesh, "mesh");

    /// <summary>A request head of HTTP/1.1.</summary>
    public static string Head(string caller, string path = "/", string method = "GET", string fields = "") =>
        $"{method} {path} HTTP/1.1\r\nHost: payments\r\n{SaidByHeader.Field}: {caller}\r\n{fields}\r\n";
}
