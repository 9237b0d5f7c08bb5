namespace GatewayMesh.Architecture.Tests.Reference;

/// <summary>Meanings of the options of a role. A test compares the names with those that the parser accepts.</summary>
internal static class OptionMeanings
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["--role"] = "Role to run: `sidecar`, `gateway`, or `ingress`. Same as the key `role`.",
        ["--config"] = "Bootstrap file. Optional: every key has an option or a variable.",
        ["--node"] = "Name of this node. Same as the key `node`.",
        ["--cluster"] = "Name of the cluster. Same as the key `cluster`.",
        ["--registry"] = "Registry: `consul://HOST:PORT`, `consul+https://HOST:PORT`, or `file:DIR`. Same as the key `registry`.",
        ["--data-dir"] = "Data folder. Same as the key `dataDir`.",
        ["--admin"] = "Address of the admin server. Same as the key `admin`.",
        ["--sidecar-for"] = "Consul: front the service with this id, which its owner registered with a `connect.sidecar_service` stanza.",
        ["--set"] = "Set one key: `--set path=value`. May be repeated.",
        ["--no-guard"] = "Run the worker alone, without a guard. Same as `guarded: false`.",
        [
            "--require-registry"] =
                "Exit with code 4 when the registry is unreachable and no snapshot exists. Same as `registryRequired: true`.",
    };
}
