using System.Globalization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>Access from inside a pod: variables that the kubelet sets, and files that it mounts.</summary>
public static class ClusterAccess
{
    /// <summary>The folder of the mounted ServiceAccount: <c>token</c>, <c>ca.crt</c>, <c>namespace</c>.</summary>
    public const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT_HTTPS";

    /// <summary>The access of this pod; null after an error.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="folder">The folder of the mounted ServiceAccount.</param>
    /// <param name="errors">Collects errors.</param>
    /// <param name="time">Clock that decides when the token is read again.</param>
    public static ApiAccess? Read(Func<string, string?> variable, string folder, ConfigErrors errors, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentNullException.ThrowIfNull(errors);
        if (variable(HostVariable) is not { Length: > 0 } host)
        {
            errors.Add(SourceLocation.Option($"env {HostVariable}"), "", "is not set: this process does not run in a pod",
                "run it in a pod, or name a kubeconfig: kubernetes://PATH");
            return null;
        }

        var port = variable(PortVariable) is { Length: > 0 } text ? text : "443";
        var authority = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            || !Uri.TryCreate($"https://{authority}", UriKind.Absolute, out var server))
        {
            errors.Add(SourceLocation.Option($"env {HostVariable}"), "", $"'{authority}' is not a host and a port",
                $"unset {HostVariable} and {PortVariable} in the pod, so that the kubelet sets them");
            return null;
        }

        var (token, roots) = (Path.Combine(folder, "token"), Path.Combine(folder, "ca.crt"));
        foreach (var file in new[] { token, roots }.Where(file => !File.Exists(file)))
        {
            errors.Add(SourceLocation.Option(file), "", "does not exist",
                "set automountServiceAccountToken: true in the pod or its ServiceAccount");
        }

        return errors.Count > 0 ? null : new ApiAccess
        {
            Server = server,
            Roots = PemSource.OfFile(roots),
            Credentials = new TokenFile(token, ApiCredential.None, time),
            Namespace = NamespaceIn(folder),
        };
    }

    private static string NamespaceIn(string folder)
    {
        try
        {
            var name = RegularFile.ReadAllText(Path.Combine(folder, "namespace"), 1024).Trim();
            return name.Length > 0 ? name : "default";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "default";
        }
    }
}
