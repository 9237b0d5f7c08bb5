using System.Diagnostics;

namespace GatewayMesh.Architecture.Tests;

/// <summary>ops/gatewaymesh.service has the settings that the guard requires, and systemd accepts it.</summary>
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
    public void The_unit_has_the_settings_that_the_guard_requires(string key, string value) =>
        Assert.That(Settings()[key], Is.EqualTo([value]));

    [Test]
    public void The_guard_is_protected_from_the_oom_killer() =>
        Assert.That(int.Parse(Settings()["OOMScoreAdjust"].Single(), System.Globalization.CultureInfo.InvariantCulture), Is.Negative);

    [Test]
    public void The_unit_allows_code_compiled_at_run_time() => Assert.That(Settings().Contains("MemoryDenyWriteExecute"), Is.False);

    [Test]
    public void Systemd_accepts_the_unit()
    {
        Assert.That(
            File.Exists("/usr/bin/systemd-analyze"),
            Is.True,
            "systemd-analyze is missing; run tests/tools.sh, or install Debian's systemd");

        // The binary and the user are created at installation. The copy names others that exist.
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
            var errors = verify.StandardError.ReadToEndAsync();
            var output = verify.StandardOutput.ReadToEnd();
            verify.WaitForExit();
            Assert.That((verify.ExitCode, errors.Result + output), Is.EqualTo((0, "")));
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
