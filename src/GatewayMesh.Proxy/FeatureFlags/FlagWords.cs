namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>Words of decisions in metrics and <c>explain</c>.</summary>
public static class FlagWords
{
    /// <summary>Returns the word of a reason.</summary>
    public static string Word(this FlagReason reason) => reason switch
    {
        FlagReason.Filters => "filters",
        FlagReason.NoFilters => "no_filters",
        FlagReason.Disabled => "disabled",
        FlagReason.Carried => "carried",
        FlagReason.Unknown => "unknown",
        _ => "failed",
    };

    /// <summary>Returns <c>on</c> or <c>off</c>.</summary>
    public static string Word(bool isOn) => isOn ? "on" : "off";
}
