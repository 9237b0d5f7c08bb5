using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>Finds the access that the rest of a URI <c>kubernetes://</c> names.</summary>
public static class AccessReader
{
    /// <summary>The access; null after an error.</summary>
    /// <param name="location">
    /// The URI after <c>kubernetes://</c>: empty for the cluster of this pod, otherwise <c>PATH[#CONTEXT]</c> of a kubeconfig.
    /// <c>KUBECONFIG</c> and <c>~/.kube/config</c> are never guessed.
    /// </param>
    /// <param name="errors">Collects errors.</param>
    /// <param name="time">Clock of credentials that expire.</param>
    public static ApiAccess? Read(string location, ConfigErrors errors, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (location.Length == 0)
        {
            return ClusterAccess.Read(Environment.GetEnvironmentVariable, ClusterAccess.Folder, errors, time);
        }

        // A context may contain a slash or a colon, as those of EKS do; a path with a '#' would be unusual.
        var hash = location.IndexOf('#', StringComparison.Ordinal);
        return hash < 0
            ? Kubeconfig.Read(location, null, errors, time)
            : Kubeconfig.Read(location[..hash], location[(hash + 1)..], errors, time);
    }
}
