using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>The section <c>user</c> of an entry in <c>users</c>.</summary>
/// <param name="folder">Folder of the kubeconfig.</param>
/// <param name="cluster">The cluster of the context, for plugins that ask for it.</param>
/// <param name="time">Clock of credentials that expire.</param>
/// <param name="errors">Collects errors.</param>
internal sealed class KubeconfigUser(string folder, KubeconfigCluster cluster, TimeProvider time, ConfigErrors errors)
{
    private static readonly ImmutableArray<(string Key, string Fix)> Unsupported =
    [
        ("auth-provider", "use exec with a credential plugin, which replaced auth-provider in Kubernetes 1.26"),
        ("username", "use a token or a client certificate; API servers have no passwords since Kubernetes 1.19"),
        ("password", "use a token or a client certificate; API servers have no passwords since Kubernetes 1.19"),
        ("as", "use the credentials of the account itself"),
        ("as-uid", "use the credentials of the account itself"),
        ("as-groups", "use the credentials of the account itself"),
        ("as-user-extra", "use the credentials of the account itself"),
    ];

    /// <summary>Reads the section. Null after an error.</summary>
    public ICredentialSource? Bind(MappingReader section)
    {
        var before = errors.Count;
        foreach (var (key, fix) in Unsupported)
        {
            if (section.Has(key))
            {
                section.Fail(key, "is not supported", fix);
            }
        }

        var certificate = KubeconfigCluster.Pem(section, "client-certificate", folder);
        var privateKey = KubeconfigCluster.Pem(section, "client-key", folder);
        if (certificate is null != privateKey is null)
        {
            section.Fail(
                certificate is null ? "client-key" : "client-certificate",
                certificate is null ? "has no certificate" : "has no key",
                certificate is null ? "add client-certificate" : "add client-key");
        }

        var rest = new ApiCredential { Certificate = certificate, Key = privateKey };
        var token = section.Optional("token", ScalarTypes.Text, "");
        var file = section.Optional("tokenFile", ScalarTypes.Text, "");
        if (section.Has("exec"))
        {
            if (token.Length > 0 || file.Length > 0)
            {
                section.Fail("exec", "conflicts with token", "remove one of them");
            }

            var plugin = section.Section("exec", exec => ExecPlugin.Bind(exec, folder, cluster));
            return errors.Count > before ? null : new ExecSource(plugin, rest, time);
        }

        // As in kubectl, the file wins over the token.
        return errors.Count > before ? null
            : file.Length > 0 ? new TokenFile(Path.Combine(folder, file), rest, time)
            : new FixedCredential(token.Length > 0 ? rest with { Token = token } : rest);
    }
}
