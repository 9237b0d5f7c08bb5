using System.Diagnostics;

namespace GatewayMesh.Architecture.Tests;

/// <summary>ops/gatewaymesh.service says what the guard's contract asks for, and systemd understands it.</summary>
public sealed class ServiceUnitTests
{
    private static string Unit => Path.Combine(Repository.Root, "ops", "gatewaymesh.service");

    [TestCase("Type", "notify")]
    [TestCase("User", "gatewaymesh")]
    [TestCase("OOMPolicy", "continue")]
    [TestCase("KillMode", "mixed")]
    [TestCase("SendSIGKILL", "no")]
    [TestCase("Restart", "on-failure")]
    [TestCase("StateDirectoryMode", "0700")]
    [TestCase("RuntimeDirectoryPreserve", "yes")]
    public void The_unit_keeps_the_guards_contract(string key, string value) => Assert.That(Settings()[key], Is.EqualTo([value]));

    [Test]
    public void The_guard_is_protected_from_the_oom_killer() =>
        Assert.That(int.Parse(Settings()["OOMScoreAdjust"].Single(), System.Globalization.CultureInfo.InvariantCulture), Is.Negative);

    [Test]
    public void Code_may_be_compiled_while_it_runs() => Assert.That(Settings().Contains("MemoryDenyWriteExecute"), Is.False);

    [Test]
    public void Systemd_accepts_the_unit()
    {
        if (!File.Exists("/usr/bin/systemd-analyze"))
        {
            Assert.Ignore("systemd-analyze is not here (Debian package systemd); the unit was not verified");
        }

        // The binary and the user are made at installation: stand-ins for both.
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-unit-");
        try
        {
            var copy = Path.Combine(folder.FullName, "gatewaymesh.service");
            File.WriteAllText(copy, File.ReadAllText(Unit)
                .Replace("/usr/local/bin/gatewaymesh", "/bin/true", StringComparison.Ordinal)
                .Replace("=gatewaymesh\nGroup=gatewaymesh", "=daemon\nGroup=daemon", StringComparison.Ordinal));
            using var verify = Process.Start(
                new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", copy])
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                })!;
            var said = verify.StandardError.ReadToEndAsync();
            var output = verify.StandardOutput.ReadToEnd();
            verify.WaitForExit();
            Assert.That((verify.ExitCode, said.Result + output), Is.EqualTo((0, "")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ILookup<string, string> Settings() => File.ReadLines(Unit)
        .Where(line => !line.StartsWith('#') && line.Contains('=', StringComparison.Ordinal))
        .ToLookup(
            line => line[..line.IndexOf('=', StringComparison.Ordinal)], line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
}
