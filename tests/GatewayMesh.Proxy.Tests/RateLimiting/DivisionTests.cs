using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.RateLimiting;

namespace GatewayMesh.Proxy.Tests.RateLimiting;

public sealed class DivisionTests
{
    [Test]
    public void Without_a_report_the_rate_is_divided_evenly() =>
        Assert.That(Division.ShareOf(90, own: 0, [], nodes: 3), Is.EqualTo(30));

    [Test]
    public void A_single_node_with_demand_gets_all_but_the_floors_of_the_others()
    {
        Assert.That(Division.ShareOf(90, own: 200, [], nodes: 3), Is.EqualTo(84));
        Assert.That(Division.ShareOf(90, own: 0, [200], nodes: 3), Is.EqualTo(3));
    }

    [Test]
    public void A_flood_at_one_node_takes_nothing_that_others_need()
    {
        Assert.That(Division.ShareOf(90, own: 20, [10_000, 10], nodes: 3), Is.EqualTo(20));
        Assert.That(Division.ShareOf(90, own: 10_000, [20, 10], nodes: 3), Is.EqualTo(60));
    }

    [Test]
    public void Shares_of_one_set_of_reports_add_up_to_no_more_than_the_rate_and_to_nine_tenths_of_what_is_asked() =>
        Prop.ForAll<List<ushort>, byte>((reports, silent) =>
        {
            var demands = reports.Select(report => (double)report).Where(demand => demand > 0).ToArray();
            var nodes = demands.Length + silent;
            if (nodes == 0)
            {
                return true;
            }

            const double Rate = 1000;
            var shares = demands.Select((own, i) => Division.ShareOf(Rate, own, [.. demands[..i], .. demands[(i + 1)..]], nodes)).ToArray();
            var sum = shares.Sum() + (silent * Division.ShareOf(Rate, 0, demands, nodes));
            var served = shares.Zip(demands, Math.Min).Sum();
            return sum <= Rate * 1.000001 && served >= Math.Min(0.9 * Rate, demands.Sum()) * 0.999999 * (demands.Length > 0 ? 1 : 0);
        }).QuickCheckThrowOnFailure();
}
