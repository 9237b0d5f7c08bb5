using System.Net;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>A data plane that enforces intentions.</summary>
internal static class Guarded
{
    public const IntentionAction Allow = IntentionAction.Allow;
    public const IntentionAction Deny = IntentionAction.Deny;

    public static Task<Mesh> Start(Logged? logs = null, Stream? accessLog = null, TimeProvider? time = null) =>
        Mesh.Start(options => options with
        {
            EnforcesIntentions = true,
            Identity = new CallerByHeader(),
            Logs = logs ?? options.Logs,
            AccessLog = accessLog,
            Time = time ?? options.Time,
        });

    /// <summary>Opens a gateway's listener for mesh peers.</summary>
    public static IPEndPoint Peers(this Mesh mesh) => mesh.Open(ListenerKind.Mesh, "mesh");

    /// <summary>Returns an HTTP/1.1 request head.</summary>
    public static string Head(string caller, string path = "/", string method = "GET", string fields = "") =>
        $"{method} {path} HTTP/1.1\r\nHost: payments\r\n{CallerByHeader.Field}: {caller}\r\n{fields}\r\n";
}
