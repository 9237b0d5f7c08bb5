using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Differences between roles are in one folder of the executable. Other code asks the table of roles.</summary>
public sealed partial class RoleTableTests
{
    /// <summary>Files outside of the folder that name a role, each with its reason.</summary>
    private static readonly Dictionary<string, string> Others = new()
    {
        ["GatewayFigures.cs"] = "the share of a gateway counts the sidecars among the other nodes",
    };

    [Test]
    public void Only_the_table_of_roles_decides_by_role() =>
        Assert.That(
            Repository.CodeFiles("src/GatewayMesh")
                .Where(file => !file.StartsWith(Path.Combine("src", "GatewayMesh", "Roles"), StringComparison.Ordinal))
                .Where(file => RoleName().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file))))
                .Select(Path.GetFileName),
            Is.EquivalentTo(Others.Keys),
            "add a member to IRole");

    [Test]
    public void Every_role_has_a_type_of_its_own()
    {
        var roles = RoleValue().Matches(
            File.ReadAllText(Path.Combine(Repository.Source, "GatewayMesh.Configuration", "Bootstrap", "MeshRole.cs")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(roles, Is.Not.Empty);
            Assert.That(
                roles.Select(role => $"{role.Groups[1].Value}Role.cs")
                    .Where(file => !File.Exists(Path.Combine(Repository.Source, "GatewayMesh", "Roles", file))),
                Is.Empty);
        }
    }

    [GeneratedRegex(@"\bMeshRole\.\w")]
    private static partial Regex RoleName();

    [GeneratedRegex(@"^    (\w+),", RegexOptions.Multiline)]
    private static partial Regex RoleValue();
}
