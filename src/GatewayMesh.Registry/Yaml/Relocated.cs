using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Yaml;

/// <summary>Moves a tree from an option's value to the location of that option.</summary>
internal static class Relocated
{
    public static ConfigNode To(SourceLocation location, ConfigNode node) => node switch
    {
        ConfigScalar scalar => new ConfigScalar(scalar.Text, location),
        ConfigSequence sequence => new ConfigSequence([.. sequence.Items.Select(item => To(location, item))], location),
        ConfigMapping mapping =>
            new ConfigMapping([.. mapping.Pairs.Select(pair => new ConfigPair(pair.Key, location, To(location, pair.Value)))], location),
        _ => new ConfigNull(location),
    };
}
