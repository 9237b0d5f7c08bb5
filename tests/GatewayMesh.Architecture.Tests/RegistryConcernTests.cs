using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>A registry is split by concern: a consumer takes the one concern that it uses, never the whole registry.</summary>
public sealed partial class RegistryConcernTests
{
    /// <summary>Files that name the whole registry, each with its reason.</summary>
    private static readonly Dictionary<string, string> Owners = new()
    {
        ["IRegistry.cs"] = "declares it",
        ["Registries.cs"] = "opens it",
        ["RegistryKind.cs"] = "row of the table",
        ["ConsulRegistry.cs"] = "implements it",
        ["FileRegistry.cs"] = "implements it",
        ["KubernetesRegistry.cs"] = "implements it",
        ["NodeParts.cs"] = "owns it and hands its concerns to their consumers",
    };

    [Test]
    public void Only_owners_and_implementers_name_the_whole_registry() =>
        Assert.That(
            Repository.CodeFiles("src").Where(file => Whole().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file))))
                .Select(Path.GetFileName),
            Is.EquivalentTo(Owners.Keys),
            "take IConfigurationSource, INodeRegistration, ICertificateSource or IReconfigurable");

    [Test]
    public void The_whole_registry_has_no_members_of_its_own() =>
        Assert.That(
            File.ReadAllText(Path.Combine(Repository.Root, "src/GatewayMesh.Registry/IRegistry.cs")).TrimEnd(), Does.Not.Contain('{'));

    [GeneratedRegex(@"\bIRegistry\b")]
    private static partial Regex Whole();
}
