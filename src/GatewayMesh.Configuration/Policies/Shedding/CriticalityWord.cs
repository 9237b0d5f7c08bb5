using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Shedding;

/// <summary>The words of criticality, in configuration and in the header field.</summary>
public static class CriticalityWord
{
    /// <summary>The words as a type of scalar.</summary>
    internal static ScalarType<Criticality> Type { get; } =
        ScalarTypes.Word<Criticality>([("critical", Criticality.Critical), ("default", Criticality.Default), ("sheddable", Criticality.Sheddable)]);

    /// <summary>The word of <paramref name="criticality"/>.</summary>
    public static string Of(Criticality criticality) => criticality switch
    {
        Criticality.Critical => "critical",
        Criticality.Sheddable => "sheddable",
        _ => "default",
    };

    /// <summary>Reads a word; false when it is none.</summary>
    public static bool TryRead(string? word, out Criticality criticality)
    {
        criticality = word switch
        {
            "critical" => Criticality.Critical,
            "sheddable" => Criticality.Sheddable,
            _ => Criticality.Default,
        };
        return criticality != Criticality.Default || word == "default";
    }
}
