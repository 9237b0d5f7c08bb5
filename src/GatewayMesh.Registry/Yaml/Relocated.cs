using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Yaml;

/// <summary>A tree that was written in an option: all of it stands where the option stands.</summary>
internal static class Relocated
{
    public static ConfigNode To(SourceLocation location, ConfigNode node) => node switch
    {
        ConfigScalar scalar => new ConfigScalar(scalar.Text, location),
        ConfigSequence sequence => new ConfigSequence([.. sequence.Items.Select(item => To(location, item))], location),
        ConfigMapping mapping => new ConfigMapping([.. mapping.Pairs.Select(pair => new ConfigPair(pair.Key, location, To(location, pair.Value)))], location),
        _ => new ConfigNull(location),
    };
}
