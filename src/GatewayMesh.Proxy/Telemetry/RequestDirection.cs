using GatewayMesh.Configuration.Listeners;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Direction of a request through this process; the <c>direction</c> tag.</summary>
public enum RequestDirection
{
    /// <summary>From a local application.</summary>
    Outbound,

    /// <summary>To a local application.</summary>
    Inbound,

    /// <summary>Through a gateway.</summary>
    Gateway,

    /// <summary>From outside the mesh.</summary>
    Ingress,

    /// <summary>The guard's private probe.</summary>
    Probe,
}

/// <summary>Words of <see cref="RequestDirection"/>.</summary>
public static class RequestDirections
{
    /// <summary>Returns the direction of requests on a listener of this kind.</summary>
    public static RequestDirection Of(ListenerKind kind) => kind switch
    {
        ListenerKind.Outbound or ListenerKind.Upstream => RequestDirection.Outbound,
        ListenerKind.Inbound => RequestDirection.Inbound,
        ListenerKind.Mesh or ListenerKind.Tunnel => RequestDirection.Gateway,
        ListenerKind.Ingress => RequestDirection.Ingress,
        _ => RequestDirection.Probe,
    };

    /// <summary>Returns the metric tag and log word.</summary>
    public static string Word(this RequestDirection direction) => direction switch
    {
        RequestDirection.Outbound => "outbound",
        RequestDirection.Inbound => "inbound",
        RequestDirection.Gateway => "gateway",
        RequestDirection.Ingress => "ingress",
        _ => "probe",
    };
}
