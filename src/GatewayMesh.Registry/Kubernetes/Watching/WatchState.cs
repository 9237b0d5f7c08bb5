namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>State of a watch.</summary>
public enum WatchState
{
    /// <summary>The first complete set has not arrived.</summary>
    Starting,

    /// <summary>The set follows the cluster.</summary>
    Following,

    /// <summary>The connection failed; the last set stays in use.</summary>
    Interrupted,

    /// <summary>
    /// The kind is not installed (404), or the account may not list it (403). Asked again every 30 s; the last set stays in use.
    /// </summary>
    Absent,
}
