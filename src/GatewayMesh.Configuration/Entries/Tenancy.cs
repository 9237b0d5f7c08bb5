using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>Consul says the default namespace of much that it answers; another one is not known here.</summary>
internal static class Tenancy
{
    private static readonly ScalarType<string> Default = new("leave it out", text =>
        text is "" or "default" ? Scalar.Good(text) : Scalar.Bad<string>($"{Quoted.Of(text)}: namespaces are not supported yet", "leave it out"));

    /// <summary>Reads the key <c>namespace</c>.</summary>
    public static void Read(MappingReader reader) => _ = reader.Optional("namespace", Default, "");
}
