using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>Accepts the default namespace, which Consul adds to many of its answers, and rejects every other namespace.</summary>
internal static class Tenancy
{
    private static readonly ScalarType<string> Default = new("remove the key", text =>
        text is "" or "default"
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)}: namespaces are not supported yet", "remove the key"));

    /// <summary>Reads the key <c>namespace</c>.</summary>
    public static void Read(MappingReader reader) => _ = reader.Optional("namespace", Default, "");
}
