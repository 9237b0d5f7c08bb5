using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Shedding;

/// <summary>Names of criticality, in configuration and in the header field.</summary>
public static class CriticalityWord
{
    /// <summary>Scalar type of the names.</summary>
    internal static ScalarType<Criticality> Type { get; } =
        ScalarTypes.Word<Criticality>(
            [("critical", Criticality.Critical), ("default", Criticality.Default), ("sheddable", Criticality.Sheddable)]);

    /// <summary>Name of <paramref name="criticality"/>.</summary>
    public static string Of(Criticality criticality) => criticality switch
    {
        Criticality.Critical => "critical",
        Criticality.Sheddable => "sheddable",
        _ => "default",
    };

    /// <summary>Reads a name; false when unknown.</summary>
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
