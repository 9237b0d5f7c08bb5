namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>A watch of any kind, for a caller that runs several and shows their states.</summary>
public interface IObjectWatch
{
    /// <summary>Name of the kind in paths, such as <c>httproutes</c>.</summary>
    string Plural { get; }

    /// <summary>State of the watch.</summary>
    WatchReport Report { get; }

    /// <summary>Time of the last line or list of the API server by the monotonic clock; null: never.</summary>
    long? HeardAt { get; }

    /// <summary>Follows the kind until cancelled; never throws.</summary>
    Task RunAsync(CancellationToken cancellation);
}
