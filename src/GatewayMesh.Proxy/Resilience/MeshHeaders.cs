using System.Text;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>
/// Names of the mesh's own header fields. All of them are removed from requests of applications and of clients outside the mesh.
/// </summary>
public static class MeshHeaders
{
    /// <summary>Common prefix of the names.</summary>
    public const string Prefix = "gatewaymesh-";

    /// <summary>Number of attempts begun for this request by any layer, including this one: 1 for the first.</summary>
    public const string Attempt = "gatewaymesh-attempt";

    /// <summary>Number of mesh proxies that the request has passed.</summary>
    public const string Hops = "gatewaymesh-hops";

    /// <summary>Time left for the request, in milliseconds.</summary>
    public const string TimeoutMs = "gatewaymesh-timeout-ms";

    /// <summary>The caller: its ID if there are certificates, otherwise its service. Trusted as far as the peer is.</summary>
    public const string Source = "gatewaymesh-source";

    /// <summary>The called service, if a gateway carries the request.</summary>
    public const string Destination = "gatewaymesh-destination";

    /// <summary><c>sidecar</c>: the caller found all sidecars of the callee broken and asks a gateway to bypass them.</summary>
    public const string Bypass = "gatewaymesh-bypass";

    /// <summary>The request's splitter sample, 16 hex digits. Sent to the carrying gateway so that both choose the same route.</summary>
    public const string Draw = "gatewaymesh-draw";

    /// <summary>Criticality of the request: <c>critical</c>, <c>default</c>, or <c>sheddable</c>. Trusted from applications too.</summary>
    public const string Criticality = "gatewaymesh-criticality";

    /// <summary>Response: the node that answered the liveness path.</summary>
    public const string Node = "gatewaymesh-node";

    /// <summary>
    /// <c>1</c> on a copy of a request (<c>mirror</c> of the policy), which is never copied again. Trusted from applications too.
    /// </summary>
    public const string Mirror = "gatewaymesh-mirror";

    /// <summary>
    /// Feature flag that an earlier proxy found to be on for the request, or <c>-</c> for none of the policy's flags. Sent to mesh peers,
    /// so that all proxies of a request decide alike.
    /// </summary>
    public const string Flag = "gatewaymesh-flag";

    /// <summary>Response: name of the fault that was injected into the request.</summary>
    public const string Fault = "gatewaymesh-fault";

    /// <summary>Maximum number of proxies that a request may pass: 8.</summary>
    public const int MaxHops = 8;

    /// <summary>The fields above.</summary>
    internal static readonly FieldSet Known = FieldSet.Of(
        KnownField.MeshAttempt,
        KnownField.MeshHops,
        KnownField.MeshTimeoutMs,
        KnownField.MeshSource,
        KnownField.MeshDestination,
        KnownField.MeshBypass,
        KnownField.MeshDraw,
        KnownField.MeshCriticality,
        KnownField.MeshNode,
        KnownField.MeshMirror);

    /// <summary>
    /// True for a field name of the mesh, also with <c>_</c> in place of <c>-</c>: applications that read fields as variables cannot
    /// distinguish the two.
    /// </summary>
    public static bool IsMeshHeader(string name) =>
        name.Length >= Prefix.Length
        && name[Prefix.Length - 1] is '-' or '_'
        && name.AsSpan(0, Prefix.Length - 1).Equals(Prefix.AsSpan(0, Prefix.Length - 1), StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc cref="IsMeshHeader(string)"/>
    internal static bool IsMeshHeader(FieldLine field)
    {
        if (!field.IsReceived)
        {
            return IsMeshHeader(field.Name);
        }

        var name = field.NameBytes;
        return name.Length >= Prefix.Length
            && name[Prefix.Length - 1] is (byte)'-' or (byte)'_'
            && Ascii.EqualsIgnoreCase(name[..(Prefix.Length - 1)], Prefix.AsSpan(0, Prefix.Length - 1));
    }
}
