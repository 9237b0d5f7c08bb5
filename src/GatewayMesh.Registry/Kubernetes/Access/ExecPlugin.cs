using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>A program that prints a credential: the section <c>exec</c> of a user (<c>client.authentication.k8s.io</c>).</summary>
internal sealed record ExecPlugin
{
    private static readonly ImmutableArray<string> Versions =
        ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    /// <summary>The program: a name found by PATH, or a path.</summary>
    public required string Command { get; init; }

    /// <summary>The arguments.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>Variables in addition to those of this process.</summary>
    public required ImmutableArray<(string Name, string Value)> Variables { get; init; }

    /// <summary>Version of the protocol, which the answer must repeat.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Text for people whose machine does not have the program. Empty: none.</summary>
    public required string InstallHint { get; init; }

    /// <summary>The value of <c>KUBERNETES_EXEC_INFO</c>: what the program is told.</summary>
    public required string Info { get; init; }

    /// <summary>Reads the section.</summary>
    public static ExecPlugin Bind(MappingReader exec, string folder, KubeconfigCluster cluster)
    {
        var version = exec.Required("apiVersion", ScalarTypes.Text) ?? "";
        if (version.Length > 0 && !Versions.Contains(version))
        {
            exec.Fail("apiVersion", $"'{version}' is not supported", $"use {Versions[0]}, and a plugin that speaks it");
        }

        if (exec.Optional("interactiveMode", ScalarTypes.Text, "IfAvailable") == "Always")
        {
            exec.Fail("interactiveMode", "Always needs a terminal, which a mesh node does not have", "use Never, and a plugin that does not ask");
        }

        var command = exec.Required("command", ScalarTypes.Text) ?? "";
        return new ExecPlugin
        {
            Command = command.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(command, folder) : command,
            Arguments = exec.List("args", AnyText),
            Variables = exec.Items(
                "env", pair => (pair.Required("name", ScalarTypes.Text) ?? "", pair.Optional("value", AnyText, ""))),
            ApiVersion = version,
            InstallHint = exec.Optional("installHint", ScalarTypes.Text, ""),
            Info = InfoOf(version, exec.Optional("provideClusterInfo", ScalarTypes.Flag, false) ? cluster : null),
        };
    }

    private static ScalarType<string> AnyText { get; } = new("use a text", text => Scalar.Good(text));

    private static string InfoOf(string version, KubeconfigCluster? cluster)
    {
        using var info = new MemoryStream();
        using (var json = new Utf8JsonWriter(info))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", version);
            json.WriteString("kind", "ExecCredential");
            json.WriteStartObject("spec");
            json.WriteBoolean("interactive", false);
            if (cluster is not null)
            {
                WriteCluster(json, cluster);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(info.ToArray());
    }

    private static void WriteCluster(Utf8JsonWriter json, KubeconfigCluster cluster)
    {
        json.WriteStartObject("cluster");
        json.WriteString("server", cluster.Server?.OriginalString ?? "");
        if (cluster.ServerName is { } name)
        {
            json.WriteString("tls-server-name", name);
        }

        if (cluster.IsInsecure)
        {
            json.WriteBoolean("insecure-skip-tls-verify", true);
        }

        if (cluster.Roots is { } roots)
        {
            try
            {
                json.WriteBase64String("certificate-authority-data", System.Text.Encoding.UTF8.GetBytes(roots.Read()));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The connection to the server reports the unreadable file.
            }
        }

        json.WriteEndObject();
    }
}
